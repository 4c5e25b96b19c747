cat nosuch |[2] sed 's/^/E: /'
