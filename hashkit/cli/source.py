"""``hashkit source``: who else may say that an investor is verified. Floor 4."""

from __future__ import annotations

import click

from hashkit.cli.acting import act
from hashkit.cli.options import choices, noun
from hashkit.cli.session import Answer, Session

_AGE = click.option("--age", required=True, metavar="PERIOD", help="How long an answer counts: 30d, 12h.")
_WHO = click.argument("who")
_LEVELS = ("basic", "advanced", "premium", "ultimate")


@noun("source", "Who else may say that an investor is verified: HashKey's KYC token, EAS attestations.")
def command() -> None:
    """The group."""


@command.command("kyc", example="hashkit source kyc --level advanced --age 30d")
@click.option("--level", type=click.Choice(_LEVELS), default="basic", help="Lowest level that counts. Default: basic.")
@click.option("--sbt", metavar="ADDRESS", help="The KYC token; by default the network's.")
@_AGE
@choices(write=True, asset=True)
def kyc(session: Session, level: str, sbt: str | None, age: str) -> None:
    """Deploy a source that asks HashKey's KYC token, and trust it."""
    _made(session, session.write(session.asset().sources.deploy_kyc(level, age, sbt)))


@command.command("eas", example="hashkit source eas --schema 0x12... --attester 0xAb... --age 30d")
@click.option("--schema", required=True, help="Of the form `uint16 country, uint8 class`; 0x and 64 hex digits.")
@click.option("--attester", required=True, metavar="ADDRESS", help="Whose attestations count.")
@click.option("--eas", "service", metavar="ADDRESS", help="The attestation service; by default the network's.")
@_AGE
@choices(write=True, asset=True)
def eas(session: Session, schema: str, attester: str, service: str | None, age: str) -> None:
    """Deploy a source that asks the Ethereum Attestation Service, and trust it."""
    _made(session, session.write(session.asset().sources.deploy_eas(schema, attester, age, service)))


@command.command("trust", example="hashkit source trust 0x5FbD... 30d\nhashkit source trust 0x5FbD... off")
@click.argument("source")
@click.argument("age")
@choices(write=True, asset=True)
def trust(session: Session, source: str, age: str) -> None:
    """Trust SOURCE for AGE after each answer; `off`: no longer."""
    act(session, session.asset().sources.trust(source, age))


@command.command("follow", example="hashkit source follow INV-001 0x5FbD...\nhashkit source follow INV-001 none")
@_WHO
@click.argument("source")
@choices(write=True, asset=True)
def follow(session: Session, who: str, source: str) -> None:
    """Let SOURCE keep the investor WHO valid, never beyond the day he was given; `none` ends it."""
    act(session, session.asset().sources.follow(who, None if source == "none" else source))


@command.command("present", example="hashkit source present 0x5FbD... 0x12...")
@click.argument("source")
@click.argument("uid")
@choices(write=True, asset=True)
def present(session: Session, source: str, uid: str) -> None:
    """Make the EAS attestation UID speak for its recipient at SOURCE; then `refresh`."""
    act(session, session.asset().sources.present(source, uid))


@command.command("refresh", example="hashkit source refresh INV-001")
@_WHO
@choices(write=True, asset=True)
def refresh(session: Session, who: str) -> None:
    """Ask the source of the investor WHO again, and take its answer over."""
    act(session, session.asset().sources.refresh(who))


@command.command("show", example="hashkit source show INV-001")
@_WHO
@choices(asset=True)
def show(session: Session, who: str) -> None:
    """Show what keeps the investor WHO valid, and what it says now."""
    data = session.asset(reading=True).sources.show(who).to_dict()
    session.show(Answer(data, [f"{name:11} {value or '-'}" for name, value in data.items()]))


@command.command("list", example="hashkit source list")
@choices(asset=True)
def list_(session: Session) -> None:
    """List the sources the registry trusts."""
    found = session.asset(reading=True).sources.trusted()
    data = [{"source": source, "maximumAgeSeconds": age} for source, age in found.items()]
    session.show(Answer(data, headings=("source", "seconds"), rows=[(s, str(age)) for s, age in found.items()]))


def _made(session: Session, source: str) -> None:
    lines = [f"The registry trusts the source {source}.", f"Next: hashkit source follow INVESTOR {source}"]
    session.show(Answer({"source": source}, lines))
