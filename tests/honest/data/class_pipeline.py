# policy: data_agent
from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Iterable
import pandas as pd

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
log = logging.getLogger("pipeline")
Step = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass
class Pipeline:
    source: Path
    target: Path
    steps: list[Step] = field(default_factory=list)

    def step(self, function: Step) -> Step:
        self.steps.append(function)
        return function

    def run(self) -> pd.DataFrame:
        frame = pd.read_csv(self.source)
        for step in self.steps:
            before = len(frame)
            frame = step(frame)
            log.info("%s: %d -> %d rows", step.__name__, before, len(frame))
        self.target.parent.mkdir(parents=True, exist_ok=True)
        frame.to_parquet(self.target)
        return frame


pipeline = Pipeline(Path("in") / "raw.csv", Path("out") / "clean.parquet")


@pipeline.step
def trim(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns=str.strip)


@pipeline.step
def positive(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["amount"] > 0]


if __name__ == "__main__":
    print(pipeline.run().head())
