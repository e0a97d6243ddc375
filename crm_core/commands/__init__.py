"""The commands of python -m crm_core, by domain: each module adds its own to the parser."""
