//! A cold object: full records as Parquet, which Athena, DuckDB and pyarrow read as it lies.
//!
//! Flat columns, all of them nullable but those that stay once a memory is forgotten: `scope`, `id`, `revision`,
//! `recorded_at`. `record` is the memory as JSON, less its content and metadata, which have columns of their own; the other
//! columns repeat parts of it for whoever asks by them. A row keeps its place for good.

use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::Compression;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::{Field, Row as Record};
use parquet::schema::parser::parse_message_type;

use crate::error::{Error, Result};

/// The columns. New ones are optional and come last: what is stored reads as before.
const SCHEMA: &str = "
    message memory {
        REQUIRED BYTE_ARRAY scope (STRING);
        REQUIRED BYTE_ARRAY id (STRING);
        REQUIRED INT32 revision;
        REQUIRED INT64 recorded_at (TIMESTAMP(MICROS,true));
        OPTIONAL INT64 occurred_at (TIMESTAMP(MICROS,true));
        OPTIONAL BYTE_ARRAY content (STRING);
        OPTIONAL BYTE_ARRAY session (STRING);
        OPTIONAL BYTE_ARRAY speaker (STRING);
        OPTIONAL BYTE_ARRAY role (STRING);
        OPTIONAL BYTE_ARRAY kind (STRING);
        OPTIONAL BYTE_ARRAY sensitivity (STRING);
        OPTIONAL DOUBLE importance;
        OPTIONAL BYTE_ARRAY tags (STRING);
        OPTIONAL BYTE_ARRAY metadata (STRING);
        OPTIONAL BYTE_ARRAY record (STRING);
    }";
/// Columns of [`SCHEMA`] that a reader needs to have a memory back.
const CONTENT: usize = 5;
const METADATA: usize = 13;
const RECORD: usize = 14;

/// One memory's row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// Its scope's subject.
    pub scope: String,
    /// Its id.
    pub id: String,
    /// The revision that the row holds.
    pub revision: u32,
    /// When it was stored, in microseconds since 1970.
    pub recorded_at: i64,
    /// When it was said, if anybody told.
    pub occurred_at: Option<i64>,
    /// Texts by column, from `content` to `sensitivity`; none of them once it is forgotten.
    pub texts: [Option<String>; 6],
    /// How much it matters.
    pub importance: Option<f64>,
    /// Its labels, metadata and all the rest, each as JSON.
    pub rest: [Option<String>; 3],
}

impl Row {
    /// The row of a memory that is not to be read any more: place, id and revision stay.
    #[must_use]
    pub fn blank(&self) -> Row {
        let Row { scope, id, revision, recorded_at, .. } = self.clone();
        Row { scope, id, revision, recorded_at, ..Row::default() }
    }

    /// Whether it is blank.
    pub fn is_blank(&self) -> bool {
        self.rest[2].is_none()
    }
}

/// The rows as one object.
pub fn encode(rows: &[Row]) -> Result<Vec<u8>> {
    write(rows).map_err(|error| Error::internal(format!("a cold object cannot be encoded: {}", sort_of(&error))))
}

/// The rows back, in their places. Corrupt, with the name, where the bytes are not ours.
pub fn decode(name: &str, bytes: Bytes) -> Result<Vec<Row>> {
    read(bytes).map_err(|error| Error::corrupt(format!("object {name}"), sort_of(&error)))
}

/// What sort of error it is: its words might repeat some of the text.
fn sort_of(error: &ParquetError) -> &'static str {
    match error {
        ParquetError::General(_) => "it is no Parquet of ours",
        ParquetError::NYI(_) => "it uses what is not known here",
        ParquetError::EOF(_) => "it ends too early",
        _ => "it cannot be read",
    }
}

fn write(rows: &[Row]) -> std::result::Result<Vec<u8>, ParquetError> {
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
    // Minima and maxima of texts would stand in the footer, uncompressed and truncated: of no use to anybody here.
    let properties = properties.set_statistics_enabled(parquet::file::properties::EnabledStatistics::None).build();
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    let mut place = 0;
    while let Some(mut column) = group.next_column()? {
        match column.untyped() {
            ColumnWriter::ByteArrayColumnWriter(writer) => {
                let values: Vec<Option<&str>> = rows.iter().map(|row| row.text(place)).collect();
                let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
                let values: Vec<ByteArray> = values.into_iter().flatten().map(ByteArray::from).collect();
                writer.write_batch(&values, (place > 1).then_some(&levels), None)?;
            }
            ColumnWriter::Int32ColumnWriter(writer) => {
                let values: Vec<i32> = rows.iter().map(|row| i32::try_from(row.revision).unwrap_or(i32::MAX)).collect();
                writer.write_batch(&values, None, None)?;
            }
            ColumnWriter::Int64ColumnWriter(writer) if place == 3 => {
                let values: Vec<i64> = rows.iter().map(|row| row.recorded_at).collect();
                writer.write_batch(&values, None, None)?;
            }
            ColumnWriter::Int64ColumnWriter(writer) => {
                let levels: Vec<i16> = rows.iter().map(|row| i16::from(row.occurred_at.is_some())).collect();
                let values: Vec<i64> = rows.iter().filter_map(|row| row.occurred_at).collect();
                writer.write_batch(&values, Some(&levels), None)?;
            }
            ColumnWriter::DoubleColumnWriter(writer) => {
                let levels: Vec<i16> = rows.iter().map(|row| i16::from(row.importance.is_some())).collect();
                let values: Vec<f64> = rows.iter().filter_map(|row| row.importance).collect();
                writer.write_batch(&values, Some(&levels), None)?;
            }
            _ => return Err(ParquetError::General("a column of no known type".to_owned())),
        }
        column.close()?;
        place += 1;
    }
    group.close()?;
    writer.close()?;
    Ok(bytes)
}

impl Row {
    /// The text of a column, by its place in [`SCHEMA`].
    fn text(&self, place: usize) -> Option<&str> {
        match place {
            0 => Some(&self.scope),
            1 => Some(&self.id),
            CONTENT..=10 => self.texts[place - CONTENT].as_deref(),
            12..=RECORD => self.rest[place - 12].as_deref(),
            _ => None,
        }
    }
}

fn read(bytes: Bytes) -> std::result::Result<Vec<Row>, ParquetError> {
    let reader = SerializedFileReader::new(bytes)?;
    let mut rows = Vec::new();
    for record in reader.get_row_iter(None)? {
        rows.push(row(&record?).ok_or_else(|| ParquetError::General("other columns".to_owned()))?);
    }
    Ok(rows)
}

fn row(record: &Record) -> Option<Row> {
    let fields: Vec<&Field> = record.get_column_iter().map(|(_, field)| field).collect();
    let text = |place: usize| match fields.get(place) {
        Some(Field::Str(text)) => Some(text.clone()),
        _ => None,
    };
    let time = |place: usize| match fields.get(place) {
        Some(Field::TimestampMicros(micros) | Field::Long(micros)) => Some(*micros),
        _ => None,
    };
    let Some(Field::Int(revision)) = fields.get(2) else { return None };
    let importance = match fields.get(11) {
        Some(Field::Double(importance)) => Some(*importance),
        _ => None,
    };
    Some(Row {
        scope: text(0)?,
        id: text(1)?,
        revision: u32::try_from(*revision).ok()?,
        recorded_at: time(3)?,
        occurred_at: time(4),
        texts: std::array::from_fn(|place| text(CONTENT + place)),
        importance,
        rest: std::array::from_fn(|place| text(METADATA - 1 + place)),
    })
}
