"""What a preview or a drift check means for live accounts: one report as data, and its renderings."""
