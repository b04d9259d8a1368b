"""What two or more services share. Infra knows no service by name and imports none."""
