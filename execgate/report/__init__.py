"""Values to text for people and machines; nothing here prints."""
