"""The database: tables, the writer, the log and one repository file for each noun. All SQL is here."""
