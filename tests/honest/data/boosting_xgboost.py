# policy: data_agent
import pandas as pd
import xgboost as xgb
import lightgbm as lgb
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

df = pd.read_parquet("train.parquet")
X, y = df.drop(columns="target"), df["target"]
X_train, X_valid, y_train, y_valid = train_test_split(X, y, random_state=0)

model = xgb.XGBClassifier(n_estimators=200, learning_rate=0.05, early_stopping_rounds=20)
model.fit(X_train, y_train, eval_set=[(X_valid, y_valid)], verbose=False)
model.save_model("model.json")
booster = lgb.train({"objective": "binary"}, lgb.Dataset(X_train, y_train), num_boost_round=100)
booster.save_model("model.txt")
for name, p in {"xgb": model.predict_proba(X_valid)[:, 1], "lgb": booster.predict(X_valid)}.items():
    print(name, log_loss(y_valid, p))
importance = pd.Series(model.feature_importances_, index=X.columns).sort_values()
importance.to_csv("importance.csv", header=["importance"])
