# policy: data_agent
from datetime import datetime
from pathlib import Path
from pydantic import BaseModel, Field, ValidationError, field_validator


class Order(BaseModel):
    id: int
    placed: datetime
    amount: float = Field(gt=0)
    tags: list[str] = []

    @field_validator("tags")
    @classmethod
    def lower(cls, value: list[str]) -> list[str]:
        return [tag.lower() for tag in value]


good, bad = [], []
for number, line in enumerate(Path("orders.ndjson").read_text().splitlines(), start=1):
    try:
        good.append(Order.model_validate_json(line))
    except ValidationError as error:
        bad.append((number, error.error_count()))
Path("good.ndjson").write_text("\n".join(order.model_dump_json() for order in good))
print(len(good), bad[:5])
