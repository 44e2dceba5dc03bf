"""What the owner takes home: tables, pictures and reports."""
