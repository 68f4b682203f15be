"""The matching engine: pure Python and arrays, no Django, no database.

``Index.build(capabilities).rank(demand)`` ranks; `explain` and `Index.relaxations` say why and
why not.
"""
