"""The figures of the Experiments page: data in, plotly out."""

from dashboard.experiments.figures.cost import Cost, cost
from dashboard.experiments.figures.learning import Learned, learning
from dashboard.experiments.figures.matrix import matrix
from dashboard.experiments.figures.past import Past, past, run_colour

__all__ = ["Cost", "Learned", "Past", "cost", "learning", "matrix", "past", "run_colour"]
