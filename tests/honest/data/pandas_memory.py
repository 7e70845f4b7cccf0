# policy: data_agent
import numpy as np
import pandas as pd


def shrink(df: pd.DataFrame) -> pd.DataFrame:
    for column in df.columns:
        kind = df[column].dtype.kind
        if kind == "i":
            df[column] = pd.to_numeric(df[column], downcast="integer")
        elif kind == "f":
            df[column] = df[column].astype(np.float32)
        elif df[column].nunique() / len(df) < 0.5:
            df[column] = df[column].astype("category")
    return df


df = pd.read_csv("wide.csv", low_memory=False)
before = df.memory_usage(deep=True).sum()
df = shrink(df)
after = df.memory_usage(deep=True).sum()
df.info(memory_usage="deep")
print(f"{before / 1e6:.1f} MB -> {after / 1e6:.1f} MB")
df.to_pickle("wide.pkl.gz")
df.to_hdf("wide.h5", key="wide", mode="w")
df.to_feather("wide.feather")
