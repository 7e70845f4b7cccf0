# policy: data_agent
import sys
import pandas as pd

EXPECTED = {"id": "int64", "email": "object", "age": "float64", "signup": "datetime64[ns]"}


class ValidationError(Exception):
    pass


def check(df: pd.DataFrame) -> list[str]:
    problems = []
    for column, dtype in EXPECTED.items():
        if column not in df.columns:
            problems.append(f"missing column {column}")
        elif str(df[column].dtype) != dtype:
            problems.append(f"{column}: expected {dtype}, got {df[column].dtype}")
    if df["id"].duplicated().any():
        problems.append("duplicate ids")
    bad = ~df["email"].str.match(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", na=False)
    if bad.any():
        problems.append(f"{bad.sum()} bad addresses")
    if not df["age"].dropna().between(0, 120).all():
        problems.append("age out of range")
    return problems


def main() -> int:
    try:
        df = pd.read_csv("users.csv", parse_dates=["signup"])
    except FileNotFoundError:
        print("users.csv is not there", file=sys.stderr)
        return 2
    problems = check(df)
    if problems:
        pd.Series(problems, name="problem").to_csv("problems.csv", index=False)
        raise ValidationError("; ".join(problems))
    print("fine:", len(df), "rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
