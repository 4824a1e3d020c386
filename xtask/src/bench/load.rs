//! A small load loop: as many GETs as a few kept connections allow in a given time.

use crate::Result;
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

/// What is asked, and how hard.
pub struct Load<'a> {
    /// The port on this machine.
    pub port: u16,
    /// The process whose work is counted; 0 for none.
    pub process: u64,
    /// The `Host` header.
    pub host: &'a str,
    /// The path.
    pub path: &'a str,
    /// Whether each request has a query of its own.
    pub is_varied: bool,
    /// Connections at the same time.
    pub connections: usize,
    /// For how long.
    pub span: Duration,
}

/// What came back.
pub struct Outcome {
    /// Answers per second.
    pub per_second: f64,
    /// Half of the answers took at most so many milliseconds.
    pub median_ms: f64,
    /// Of a hundred answers ninety-nine took at most so many milliseconds.
    pub p99_ms: f64,
    /// The processor time of an answer, in microseconds; 0 where the system does not tell.
    pub cpu_us: f64,
}

/// No two requests of a run have the same query.
static QUERY: AtomicU64 = AtomicU64::new(0);

impl Load<'_> {
    /// Runs the loop; an answer that is not 200 is an error.
    pub fn run(&self) -> Result<Outcome> {
        let (before, began) = (cpu(self.process), Instant::now());
        let times = thread::scope(|scope| {
            let loops: Vec<_> =
                (0..self.connections).map(|_| scope.spawn(|| self.connection())).collect();
            let mut times = Vec::new();
            for each in loops {
                times.extend(each.join().map_err(|_| "a load loop stopped".to_owned())??);
            }
            Ok::<_, String>(times)
        });
        let (mut times, took, after) = (times?, began.elapsed(), cpu(self.process));
        times.sort();
        let at = |share: f64| {
            let place = (times.len() as f64 * share) as usize;
            times.get(place.min(times.len().saturating_sub(1))).copied().unwrap_or_default()
        };
        let worked = before.zip(after).map(|(before, after)| after.saturating_sub(before));
        Ok(Outcome {
            per_second: times.len() as f64 / took.as_secs_f64(),
            median_ms: at(0.5).as_secs_f64() * 1000.0,
            p99_ms: at(0.99).as_secs_f64() * 1000.0,
            cpu_us: worked.unwrap_or_default().as_secs_f64() * 1e6 / times.len().max(1) as f64,
        })
    }

    fn connection(&self) -> Result<Vec<Duration>> {
        let fail = |e: std::io::Error| format!("port {}: {e}", self.port);
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).map_err(fail)?;
        stream.set_nodelay(true).map_err(fail)?;
        let mut reader = BufReader::new(stream.try_clone().map_err(fail)?);
        let (began, mut times) = (Instant::now(), Vec::new());
        while began.elapsed() < self.span {
            let query = match self.is_varied {
                true => format!("?n={}", QUERY.fetch_add(1, Ordering::Relaxed)),
                false => String::new(),
            };
            let Self { path, host, .. } = self;
            let request =
                format!("GET {path}{query} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n\r\n");
            let asked = Instant::now();
            stream.write_all(request.as_bytes()).map_err(fail)?;
            read_answer(&mut reader).map_err(|e| format!("{}{}: {e}", self.host, self.path))?;
            times.push(asked.elapsed());
        }
        Ok(times)
    }
}

/// The processor time that a process has taken in all its threads, as Linux tells it.
pub fn cpu(process: u64) -> Option<Duration> {
    let mut nanoseconds = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task")).ok()? {
        let text = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        nanoseconds += text.split(' ').next()?.parse::<u64>().ok()?;
    }
    Some(Duration::from_nanos(nanoseconds))
}

/// Reads one answer to its end, whether its length is given or it comes in chunks (RFC 9112).
fn read_answer(reader: &mut BufReader<TcpStream>) -> Result<()> {
    let status = line(reader)?;
    if !status.contains(" 200 ") {
        return Err(format!("it answers `{}`", status.trim()));
    }
    let (mut length, mut chunked) = (0, false);
    loop {
        let header = line(reader)?.to_ascii_lowercase();
        match header.trim().split_once(':') {
            None => break,
            Some(("content-length", value)) => length = value.trim().parse().unwrap_or(0),
            Some(("transfer-encoding", value)) => chunked = value.contains("chunked"),
            Some(_) => {}
        }
    }
    if !chunked {
        return skip(reader, length);
    }
    loop {
        let size = usize::from_str_radix(line(reader)?.trim(), 16).map_err(|e| e.to_string())?;
        skip(reader, size)?;
        line(reader)?;
        if size == 0 {
            return Ok(());
        }
    }
}

fn line(reader: &mut BufReader<TcpStream>) -> Result<String> {
    let mut text = String::new();
    match reader.read_line(&mut text) {
        Ok(0) => Err("the connection was closed".to_owned()),
        Ok(_) => Ok(text),
        Err(problem) => Err(problem.to_string()),
    }
}

fn skip(reader: &mut BufReader<TcpStream>, bytes: usize) -> Result<()> {
    let mut taken = reader.take(bytes as u64);
    std::io::copy(&mut taken, &mut std::io::sink()).map_err(|e| e.to_string())?;
    Ok(())
}
