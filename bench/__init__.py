"""How fast the books are, as ratios to a yardstick measured side by side in the same run: `./test bench [--quick]`.

A figure in seconds says something of one machine on one day. So ours and the yardstick take turns, round after round, and what counts
is the median of their ratios. After each measurement the books are checked.
"""
