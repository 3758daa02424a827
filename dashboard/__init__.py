"""The application's shell: pages and moliere_core meet here."""
