"""A component: what all accounts of a site have in common is said once."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

import pulumi_audian as audian


class Site(pulumi.ComponentResource):
    """The accounts of the teams at one place."""

    def __init__(
        self,
        name: str,
        *,
        teams: Mapping[str, str],
        address: audian.AddressArgs,
        timezone: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("sites:index:Site", name, {}, opts)
        self.accounts = {
            team: audian.Account(
                f"{name}-{team}",
                account_id=account_id,
                display_name=f"{team.title()} ({name.title()})",
                address=address,
                settings={"timezone": timezone, "enable_voice_mail": True},
                metadata={"site": name},
                opts=pulumi.ResourceOptions(parent=self),
            )
            for team, account_id in teams.items()
        }
        self.register_outputs({"phones": {team: account.phone for team, account in self.accounts.items()}})


berlin = Site(
    "berlin",
    teams=pulumi.Config().require_object("berlin"),
    address={"street": "Invalidenstr. 91", "city": "Berlin", "postal_code": "10115", "country": "DE"},
    timezone="Europe/Berlin",
)
pulumi.export("phones", {team: account.phone for team, account in berlin.accounts.items()})
