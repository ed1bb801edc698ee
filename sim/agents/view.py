"""A Mesa agent that is a view on a row: attributes read and write the table, so there is one home for each number."""

import mesa


class RowAgent(mesa.Agent):
    """Base of the views. `row` is the row number in ``model.world.<table>``; rows are never reused.

    Subclasses set `table` (a field of World, or a kind that joined the world: `sim.agents`) and may add properties. Reading
    an attribute that is a column gives the row's value; assigning to one writes it.
    """

    table = ""

    def __init__(self, model, row: int, name: str = ""):
        object.__setattr__(self, "row", row)
        object.__setattr__(self, "name", name)
        super().__init__(model)

    def _data(self):
        """The table as it is now (it is replaced when it grows); None before the model is known."""
        model = self.__dict__.get("model")
        if model is None:
            return None
        return model.joined[self.table].table if self.table in model.joined else getattr(model.world, self.table)

    def __getattr__(self, column):
        data = self._data()
        if data is not None and column in data.dtype.names:
            return data[column][self.row].item()
        raise AttributeError(f"{type(self).__name__} has no attribute or column {column!r}")

    def __setattr__(self, attribute, value):
        data = self._data()
        if data is not None and attribute in data.dtype.names and not hasattr(type(self), attribute):
            data[attribute][self.row] = value
        else:
            object.__setattr__(self, attribute, value)

    def __repr__(self):
        return f"{type(self).__name__}({self.name or self.row})"
