# A function that nothing calls cleans up in the folder.
def later():
    import shutil

    shutil.rmtree("/workspace/scratch")
