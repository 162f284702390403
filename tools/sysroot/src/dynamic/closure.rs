//! The libraries that programs need, and those that these need, and so on: all from among the inputs.

use std::collections::BTreeMap;

use diagnostic::{Error, Result};

use super::elf::{Dynamic, Exec};
use super::inputs::{File, Inputs, file_name};

/// What programs need to run.
#[derive(Debug)]
pub struct Closure<'a> {
    /// The dynamic loader; none if the programs are static.
    pub loader: Option<&'a File>,
    /// The libraries, by the names that they are asked for by.
    pub libraries: BTreeMap<String, &'a File>,
}

/// What the programs (by name) need.
pub fn closure<'a>(inputs: &'a Inputs, programs: &[(&'static str, &File)], exec: Exec) -> Result<Closure<'a>> {
    let mut todo: Vec<(String, String)> = Vec::new();
    let mut interpreters: Vec<(&'static str, Option<String>)> = Vec::new();
    for (name, file) in programs {
        let dynamic = Dynamic::of(&file.content, exec).map_err(|e| e.fact("program", name))?;
        let dynamic = dynamic.ok_or_else(|| {
            Error::new(format!("{name} is no program for {}", exec.name()))
                .fact("input", &file.input)
                .next(format!("name a build of it that runs on {}", exec.name()))
        })?;
        if dynamic.interpreter.is_none() && !dynamic.needed.is_empty() {
            return Err(Error::new(format!("{name} needs libraries and names no dynamic loader"))
                .fact("input", &file.input)
                .next("name a build whose programs can be started"));
        }
        interpreters.push((name, dynamic.interpreter));
        todo.extend(dynamic.needed.into_iter().map(|needed| (needed, (*name).to_owned())));
    }
    let interpreter = interpreters.first().and_then(|(_, interpreter)| interpreter.clone());
    if let Some((name, other)) = interpreters.iter().find(|(_, other)| *other != interpreter) {
        let say = |interpreter: &Option<String>| interpreter.clone().unwrap_or_else(|| "none: it is static".to_owned());
        return Err(Error::new("the programs have not the same dynamic loader")
            .fact(interpreters[0].0, say(&interpreter))
            .fact(name, say(other))
            .next("name programs of one build, all static or all dynamic"));
    }
    let Some(interpreter) = interpreter else {
        return Ok(Closure { loader: None, libraries: BTreeMap::new() });
    };
    if file_name(&interpreter).starts_with("ld-musl-") {
        return Err(Error::new("musl's dynamic loader is not supported")
            .fact("loader", interpreter)
            .next("name programs that are static, or some for glibc"));
    }
    let (loader, loaders_soname) =
        library(inputs, file_name(&interpreter), &format!("{}, as its loader", interpreters[0].0), exec)?;
    let mut libraries = BTreeMap::new();
    while let Some((needed, by)) = todo.pop() {
        // The loader that has started the program is loaded, under whatever name.
        let is_loader = needed == file_name(&interpreter) || Some(&needed) == loaders_soname.soname.as_ref();
        if is_loader || libraries.contains_key(&needed) {
            continue;
        }
        let (file, dynamic) = library(inputs, &needed, &by, exec)?;
        todo.extend(dynamic.needed.into_iter().map(|next| (next, needed.clone())));
        libraries.insert(needed, file);
    }
    Ok(Closure { loader: Some(loader), libraries })
}

/// The library that is asked for as `name`: the one with that file name, else the one that calls itself so.
fn library<'a>(inputs: &'a Inputs, name: &str, by: &str, exec: Exec) -> Result<(&'a File, Dynamic)> {
    let of_exec = |found: BTreeMap<String, &'a File>| -> Vec<(String, &'a File, Dynamic)> {
        let mut all: Vec<(String, &'a File, Dynamic)> = found
            .into_iter()
            .filter_map(|(path, file)| Some((path, file, Dynamic::of(&file.content, exec).ok()??)))
            .collect();
        all.dedup_by(|one, other| one.1.content == other.1.content);
        all
    };
    let mut found = of_exec(inputs.found(|file| file == name));
    if found.is_empty() {
        found = of_exec(inputs.found(|file| file.contains(".so")));
        found.retain(|(.., dynamic)| dynamic.soname.as_deref() == Some(name));
    }
    if found.len() > 1 {
        let paths: Vec<String> = found.iter().map(|(path, file, _)| format!("{path} of {}", file.input)).collect();
        return Err(Error::new(format!("the inputs have several libraries {name}"))
            .fact("they are", paths.join("\n"))
            .fact("asked by", by)
            .next("name inputs that have one of them"));
    }
    let (_, file, dynamic) = found.pop().ok_or_else(|| {
        Error::new(format!("no input has the library {name}"))
            .fact("asked by", by)
            .next("name the package that has it, too (for Debian: `apt-file search` or `dpkg -S` tells which one)")
    })?;
    Ok((file, dynamic))
}
