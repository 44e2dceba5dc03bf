"""The pages: panels, controls, upload and download in notebook and dashboard."""
