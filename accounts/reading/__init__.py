"""What people bring: files of other systems read to text and facts. Nothing here writes a row."""
