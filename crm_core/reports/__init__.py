"""Reports: saved views as one self-contained page that prints, with a manifest whose hash covers what it says."""
