//! Nothing but the fuzz targets beside this file: each gives a part of Descry any input at all.
