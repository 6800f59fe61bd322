"""The catalogue as one JSON file: read, checked, imported, exported. The format is docs/catalog.schema.json."""
