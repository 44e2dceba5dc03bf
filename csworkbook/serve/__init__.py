"""The `csworkbook` command and the server behind the pages."""
