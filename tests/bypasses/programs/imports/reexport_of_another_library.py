# A library re-exports another one, which reads files.
# expect: file_operation
import seaborn as sns

sns.utils.pd.read_csv("/etc/passwd")
