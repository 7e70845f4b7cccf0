# policy: data_agent
import joblib
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import classification_report, confusion_matrix, roc_auc_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

df = pd.read_csv("churn.csv")
y = (df.pop("churned") == "yes").astype(int)
numeric = df.select_dtypes("number").columns.tolist()
categorical = df.columns.difference(numeric).tolist()

prepare = ColumnTransformer(
    [
        ("num", Pipeline([("impute", SimpleImputer()), ("scale", StandardScaler())]), numeric),
        ("cat", OneHotEncoder(handle_unknown="ignore"), categorical),
    ]
)
model = Pipeline([("prepare", prepare), ("forest", RandomForestClassifier(random_state=0))])
X_train, X_test, y_train, y_test = train_test_split(df, y, test_size=0.25, stratify=y, random_state=0)
search = GridSearchCV(model, {"forest__n_estimators": [100, 300], "forest__max_depth": [None, 8]}, cv=3)
search.fit(X_train, y_train)

predicted = search.predict(X_test)
print(search.best_params_)
print(classification_report(y_test, predicted))
print(confusion_matrix(y_test, predicted))
print("AUC", roc_auc_score(y_test, search.predict_proba(X_test)[:, 1]))
joblib.dump(search.best_estimator_, "models/churn.joblib")
