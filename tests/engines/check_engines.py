"""One text, one Parquet store, three ways to run it: DuckDB, ibis on DuckDB, ibis on Spark. The same digests.

Run by `make engines`, which brings Spark and a Java runtime out of their Python packages.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import ibis
import pytest
from pyspark.sql import SparkSession

from hashkit.audit.sql import cap_table, digest, supply_steps
from hashkit.audit.sql.engines import Duck, Ibis, paths
from hashkit.store.parquet import ParquetStore
from tests.audit.transfers import HUGE, balances, moves, store_of
from tests.engines.spark import local_spark

ROWS = moves(20_000, seed=11)
LAST = ROWS[-1][0]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ParquetStore:
    return store_of(tmp_path_factory.mktemp("store"), ROWS)


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    with local_spark(tmp_path_factory.mktemp("spark")) as session:
        yield session


@pytest.mark.parametrize("block", [LAST // 2, LAST])
def test_every_engine_gives_the_digest_of_plain_addition(store: ParquetStore, spark: SparkSession, block: int) -> None:
    tables = {name: [str(path) for path in listed] for name, listed in paths(store, block).items()}
    duck = ibis.duckdb.connect()
    for name, listed in tables.items():
        duck.read_parquet(listed, table_name=name)
        spark.read.parquet(*listed).createOrReplaceTempView(name)
    engines = {
        "duckdb": Duck(paths(store, block)),
        "ibis on duckdb": Ibis(duck),
        "ibis on spark": Ibis(ibis.pyspark.connect(spark)),
    }
    expected = balances(ROWS, block)
    assert max(expected.values()) > HUGE
    found = {name: digest(cap_table(engine, block)) for name, engine in engines.items()}
    sys.stdout.write("".join(f"block {block}  {name:15} {value}\n" for name, value in found.items()))
    assert found == dict.fromkeys(engines, digest(expected))
    steps = {name: supply_steps(engine, block) for name, engine in engines.items()}
    assert steps == dict.fromkeys(engines, steps["duckdb"])
    assert steps["duckdb"][-1][1] == sum(expected.values())


def test_a_sum_that_runs_over_is_an_error_on_spark_too(spark: SparkSession) -> None:
    assert spark.conf.get("spark.sql.ansi.enabled") == "true"
    with pytest.raises(Exception, match="OVERFLOW"):
        spark.sql("SELECT SUM(v) FROM VALUES (9223372036854775807), (1) AS t(v)").collect()
