//! `/operator/billing/report`: what comes in, month by month. It reads each subscription that lived in these
//! months once, the entries of the log since then in an index, and nothing else.

use crate::operator::alone;
use askama::Template;
use domain::{
    csv, money,
    revenue::{self, Month, month_name, month_of},
};
use http::{HeaderValue, StatusCode, header};
use platform::{Context, Response, Result};
use web::{Layout, Visit};

const MONTHS: i64 = 12;
/// A year and a month, so that the first of the months is whole.
const SINCE_SECONDS: i64 = 397 * 86_400;

#[derive(Template)]
#[template(path = "operator_report.html")]
struct Page {
    layout: Layout,
    currencies: Vec<Currency>,
}

/// What is shown of a currency: a plot and a table.
struct Currency {
    code: String,
    now: String,
    highest: String,
    bars: Vec<Bar>,
    rows: Vec<Row>,
}

/// A bar of the plot, in its units.
struct Bar {
    x: usize,
    y: i64,
    height: i64,
    label: String,
}

struct Row {
    month: String,
    mrr: String,
    churn: String,
    of: Month,
}

/// The plot's height, and how wide a month is in it.
const HEIGHT: i64 = 100;
const STEP: usize = 30;

/// `GET /operator/billing/report`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    alone(&v)?;
    let months = months(v.cx).await?;
    let currencies = months.chunk_by(|a, b| a.currency == b.currency).map(currency).collect();
    web::page(&Page { layout: Layout::of(&v, "What comes in"), currencies })
}

/// `GET /operator/billing/report.csv`
pub async fn table(v: Visit<'_>) -> Result<Response> {
    alone(&v)?;
    let head = "month,currency,mrr,paying,trials_began,new,ended,churn_percent,failed_payments";
    let mut text = csv::line(head.split(','));
    for of in months(v.cx).await? {
        let numbers = [of.paying, of.trials, of.began, of.ended].map(|count| count.to_string());
        let [paying, trials, began, ended] = &numbers;
        let (month, mrr) = (month_name(of.month), money::number(of.mrr, &of.currency));
        let (churn, failed) = (tenths(of.churn), of.failed.to_string());
        let cells = [&month, &of.currency, &mrr, paying, trials, began, ended, &churn, &failed];
        text.push_str(&csv::line(cells.map(String::as_str)));
    }
    let mut response = web::text(StatusCode::OK, "text/csv; charset=utf-8", text);
    let name = HeaderValue::from_static("attachment; filename=\"pipit-revenue.csv\"");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(web::no_store(response))
}

async fn months(cx: &Context) -> Result<Vec<Month>> {
    let since = cx.seconds().saturating_sub(SINCE_SECONDS);
    let groups = store::revenue::groups(cx, since).await?;
    let failed = store::revenue::failed(cx, since).await?;
    Ok(revenue::report(&groups, &failed, month_of(cx.seconds()), MONTHS))
}

fn currency(months: &[Month]) -> Currency {
    let code = months.first().map(|month| month.currency.clone()).unwrap_or_default();
    let most = months.iter().map(|month| month.mrr).max().unwrap_or(0);
    let bar = |(at, month): (usize, &Month)| {
        let height = month.mrr.saturating_mul(HEIGHT).checked_div(most).unwrap_or(0);
        let name = month_name(month.month);
        let label = name.split('-').next_back().unwrap_or_default().to_owned();
        Bar { x: at.saturating_mul(STEP), y: HEIGHT.saturating_sub(height), height, label }
    };
    let row = |month: &Month| Row {
        month: month_name(month.month),
        mrr: money::words(month.mrr, &code),
        churn: tenths(month.churn),
        of: month.clone(),
    };
    Currency {
        now: months.last().map(|month| money::words(month.mrr, &code)).unwrap_or_default(),
        highest: money::words(most, &code),
        bars: months.iter().enumerate().map(bar).collect(),
        rows: months.iter().rev().map(row).collect(),
        code: code.to_ascii_uppercase(),
    }
}

fn tenths(of: i64) -> String {
    format!("{}.{}", of.div_euclid(10), of.rem_euclid(10))
}
