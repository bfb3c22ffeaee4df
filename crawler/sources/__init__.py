"""Where stories come from: one TOML file a site. Declarations; nothing is fetched here."""
