"""RDS for PostgreSQL: instances that take their time, keep every field, and leave their log groups behind."""
