//! Files are replaced as a whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File, FileTimes};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// All of a file.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|cause| Error::new(format!("cannot read: {cause}"), path, "check the path"))
}

/// Writes `data` beside `output` and moves it there, with the permissions of `input`.
pub fn replace(input: &Path, output: &Path, data: &[u8], keep_times: bool) -> Result<(), Error> {
    let temporary = beside(output);
    let result = write(input, &temporary, data, keep_times).and_then(|()| fs::rename(&temporary, output));
    result.map_err(|cause| {
        // Best effort: the error that matters is the one above.
        let _ = fs::remove_file(&temporary);
        Error::new(format!("cannot write: {cause}"), output, "check that its folder can be written and has space")
    })
}

fn beside(output: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(output.file_name().unwrap_or_default());
    name.push(format!(".{}", std::process::id()));
    output.with_file_name(name)
}

fn write(input: &Path, temporary: &Path, data: &[u8], keep_times: bool) -> io::Result<()> {
    let metadata = fs::metadata(input)?;
    let mut file = File::create(temporary)?;
    file.write_all(data)?;
    file.set_permissions(metadata.permissions())?;
    if keep_times {
        file.set_times(FileTimes::new().set_accessed(metadata.accessed()?).set_modified(metadata.modified()?))?;
    }
    Ok(())
}
