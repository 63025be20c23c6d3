"""Every rule that a table can break: its message and its fix, in the order they are said."""

from __future__ import annotations

from laureate.engine.faults import mark

RULES: dict[str, tuple[str, str]] = {
    # The file as a whole.
    "file_not_found": (
        mark("There is no file at “%(path)s”."),
        mark("Check the path."),
    ),
    "not_a_file": (
        mark("“%(path)s” is a folder, not a file."),
        mark("Give the path of a CSV, CSV.gz, zip or Parquet file."),
    ),
    "unreadable_file": (
        mark("The file cannot be read: %(reason)s."),
        mark("Check that you may read it, then try again."),
    ),
    "empty_file": (
        mark("The file is empty."),
        mark("Write a header line, then one line for each id."),
    ),
    "too_large": (
        mark("The file holds more than %(limit)s bytes once uncompressed."),
        mark("Keep only the id column and the target columns."),
    ),
    "damaged_gzip": (
        mark("The gzip file is damaged or cut short."),
        mark("Compress the CSV file again and upload the whole of it."),
    ),
    "damaged_zip": (
        mark("The zip file is damaged or cut short."),
        mark("Make the zip file again and upload the whole of it."),
    ),
    "damaged_parquet": (
        mark("The Parquet file is damaged or cannot be read."),
        mark("Write it again, or upload a CSV file."),
    ),
    "encrypted_zip": (
        mark("The zip file is protected by a password."),
        mark("Make the zip file again without a password."),
    ),
    "too_many_files": (
        mark("The zip file holds %(files)s files: %(names)s."),
        mark("Put one CSV file alone into the zip file."),
    ),
    "zip_without_csv": (
        mark("The zip file holds no CSV file."),
        mark("Put one CSV file into the zip file; its name ends with .csv."),
    ),
    "nested_archive": (
        mark("The archive holds another compressed file."),
        mark("Compress the CSV file once."),
    ),
    "excel_workbook": (
        mark("The file is a spreadsheet workbook, not a CSV file."),
        mark("In the spreadsheet program, save it as “CSV UTF-8”."),
    ),
    "utf16": (
        mark("The text is encoded in UTF-16 or UTF-32."),
        mark("Save the file as UTF-8."),
    ),
    "nul_bytes": (
        mark("Line %(line)s holds a NUL byte: this is not a text file."),
        mark("Upload a CSV file in UTF-8, a gzip or zip of one, or a Parquet file."),
    ),
    "not_utf8": (
        mark("Line %(line)s is not UTF-8 text."),
        mark("Save the file as UTF-8."),
    ),
    "too_many_columns": (
        mark("The header has %(columns)s columns; the limit is %(limit)s."),
        mark("Keep only the id column and the target columns."),
    ),
    "wrong_delimiter": (
        mark("The fields seem to be separated by %(found)s where %(expected)s was expected."),
        mark("Separate the fields of every line, the header included, by commas."),
    ),
    "wrong_header": (
        mark("The header lacks %(missing)s. It has %(found)s, read with %(delimiter)s between columns."),
        mark("Name the columns exactly: %(expected)s."),
    ),
    "duplicate_column": (
        mark("The header names the column “%(column)s” %(times)s times."),
        mark("Keep one column of that name."),
    ),
    "wrong_column_type": (
        mark("The column “%(column)s” is of type %(type)s, which cannot be read."),
        mark("Write ids as text or whole numbers, and values as numbers or text."),
    ),
    "no_rows": (
        mark("The file has a header but no rows."),
        mark("Write one line for each id."),
    ),
    # Its rows.
    "bad_quotes": (
        mark("Rows with quotes that are not closed or are followed by more text: %(count)s."),
        mark("Close every quoted field, and write a quote inside it twice."),
    ),
    "wrong_field_count": (
        mark("Rows without the %(expected)s fields of the header: %(count)s."),
        mark(
            "Write %(expected)s fields in each line, decimals with a point, and quote text with delimiters."
        ),
    ),
    "duplicate_ids": (
        mark("Rows that repeat the id of an earlier row: %(count)s."),
        mark("Keep one row for each id."),
    ),
    "too_many_rows": (
        mark("The file has more than %(limit)s rows; %(wanted)s are asked for."),
        mark("Write one row for each id of the sample submission."),
    ),
    "extra_ids": (
        mark("Rows with an id that is not asked for: %(count)s."),
        mark("Keep only the ids of the sample submission, written exactly as there."),
    ),
    "missing_ids": (
        mark("Ids without a row: %(count)s."),
        mark("Write one row for each id of the sample submission."),
    ),
    "missing_values": (
        mark("Empty cells in the column “%(column)s”: %(count)s."),
        mark("Write a value in every row."),
    ),
    "decimal_comma": (
        mark("Numbers with a decimal comma in the column “%(column)s”: %(count)s."),
        mark("Write numbers with a decimal point: 0.5, not 0,5."),
    ),
    "not_a_number": (
        mark("Cells that are not numbers in the column “%(column)s”: %(count)s."),
        mark("Write plain numbers such as 12, 0.5 or 1e-3."),
    ),
    "nan": (
        mark("Cells that are NaN in the column “%(column)s”: %(count)s."),
        mark("Replace each NaN by a number."),
    ),
    "infinity": (
        mark("Cells that are infinite, or too large for a number, in the column “%(column)s”: %(count)s."),
        mark("Replace each of them by a finite number."),
    ),
    "out_of_range": (
        mark("Numbers outside %(low)s to %(high)s in the column “%(column)s”: %(count)s."),
        mark("Write only numbers between %(low)s and %(high)s."),
    ),
    "not_whole": (
        mark("Numbers that are not whole in the column “%(column)s”: %(count)s."),
        mark("Write whole numbers only."),
    ),
    "zero_truth": (
        mark("True values of 0, by which this metric divides, in the column “%(column)s”: %(count)s."),
        mark("Give those rows the Usage Ignored, or choose another metric."),
    ),
    "unknown_label": (
        mark("Cells with a label that this challenge does not know in the column “%(column)s”: %(count)s."),
        mark("Use only these labels: %(labels)s."),
    ),
    "zero_row_sum": (
        mark("Rows whose probabilities sum to 0: %(count)s."),
        mark("Give each row at least one probability above 0."),
    ),
    # The solution's own columns.
    "bad_usage": (
        mark("Rows with a Usage other than Public, Private or Ignored: %(count)s."),
        mark("Write Public, Private or Ignored in the column Usage."),
    ),
    "empty_split": (
        mark("No row has the Usage %(usage)s."),
        mark("Mark rows of both kinds, or leave the column Usage out."),
    ),
    "bad_weight": (
        mark("Weights that are not finite numbers of at least 0: %(count)s."),
        mark("Write a number of at least 0 in every row of the column weight."),
    ),
    "zero_weight": (
        mark("The weights of the %(split)s split sum to 0."),
        mark("Give at least one of its rows a weight above 0."),
    ),
    "no_target": (
        mark("The solution has no target column beside the id."),
        mark("Add a column with the truth."),
    ),
    "too_many_targets": (
        mark("The metric %(metric)s takes one target column; the solution has %(count)s: %(names)s."),
        mark("Keep one target column, or name it when you compile the solution."),
    ),
    "score_not_finite": (
        mark("The score of the %(split)s split is not a finite number."),
        mark("Check for values far beyond those of the training data."),
    ),
}
