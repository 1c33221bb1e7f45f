"""The database: tables, the writer, the log, one repository file for each noun. All SQL is here."""
