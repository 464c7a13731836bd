"""Calibration of a Diffusers pipeline, measured on a trained network."""
