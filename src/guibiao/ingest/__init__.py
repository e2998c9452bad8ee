"""Tables, workbooks and delivered files: bytes become cells and statements. Nothing here repairs a figure."""
