# A function that nothing calls may be called.
# expect: file_operation
def later():
    import shutil

    shutil.rmtree("/")
