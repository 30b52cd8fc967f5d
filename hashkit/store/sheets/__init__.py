"""Sheets: what do the issuer's CSV files say, row by row, and what is wrong with them? Floor 2.

::

    reader     bytes -> named cells with row numbers      cells      one cell -> its value
    investors  register/investors.csv                     issues     batches/*.csv, opening positions
    money      payments and net asset values, for auditors
    model      rows, problems, Sheet                      write      tables out, safe in a spreadsheet
"""

from hashkit.store.sheets.investors import read_investors
from hashkit.store.sheets.issues import read_issues, read_register
from hashkit.store.sheets.model import InvestorRow, IssueRow, NavRow, PaymentRow, Problem, Sheet
from hashkit.store.sheets.money import read_navs, read_payments
from hashkit.store.sheets.write import cell_out, csv_bytes, write_csv

__all__ = [
    "InvestorRow", "IssueRow", "NavRow", "PaymentRow", "Problem", "Sheet", "cell_out", "csv_bytes", "read_investors",
    "read_issues", "read_navs", "read_payments", "read_register", "write_csv",
]  # fmt: skip
