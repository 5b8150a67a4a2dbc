"""Reads, by noun: the nights themselves, and what each night compares."""
