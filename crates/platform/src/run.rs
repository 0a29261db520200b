//! Runs a function: the whole of every binary's `main`.

use std::pin::Pin;
use std::process::ExitCode;

use kernel::Failure;
use lambda_runtime::{LambdaEvent, service_fn};

use crate::log::Line;
use crate::{Aws, Function, StartError, invocation};

/// What `main` answers.
pub type Exit = ExitCode;

/// Starts the function and serves its events until Lambda ends the environment.
pub fn run<F: Function>(name: &'static str, function: F) -> Exit {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(name, &error.into()),
    };
    match runtime.block_on(poll(name, function)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(name, &error),
    }
}

/// For a binary that holds several: it was asked for one that it does not hold.
pub fn no_such_function(name: &str) -> Exit {
    failed(name, &format!("there is no function `{name}` in this binary").into())
}

async fn poll<F: Function>(name: &'static str, function: F) -> Result<(), StartError> {
    let aws = Aws::from_env()?;
    // Lives as long as the environment: leaking it once spares every handler a lifetime.
    let function: &'static F = Box::leak(Box::new(function));
    let app: &'static F::State = Box::leak(Box::new(function.start(&aws).await?));
    events(Box::new(move |event| {
        Box::pin(async move {
            let (payload, context) = event.into_parts();
            let event = LambdaEvent::new(serde_json::from_str(payload.get())?, context);
            Ok(serde_json::value::to_raw_value(&serve(name, function, app, event).await?)?)
        })
    }))
    .await
}

type Raw = Box<serde_json::value::RawValue>;
type Served = Pin<Box<dyn Future<Output = Result<Raw, StartError>> + Send>>;

/// Knows nothing of the function's types, so that the runtime is compiled once and not in every binary.
async fn events(handler: Box<dyn Fn(LambdaEvent<Raw>) -> Served + Send + Sync>) -> Result<(), StartError> {
    lambda_runtime::run(service_fn(handler)).await
}

/// One event from its arrival to its log line.
pub async fn serve<F: Function>(
    name: &'static str,
    function: &'static F,
    app: &'static F::State,
    event: LambdaEvent<F::Event>,
) -> Result<F::Answer, StartError> {
    let invoked = invocation::Invocation::new(event.context.request_id.clone());
    invocation::within(invoked, async {
        let mut line = Line::begin(name);
        line.set("request.id", event.context.request_id.as_str());
        match function.handle(app, event.payload, &mut line).await {
            Ok(answer) => Ok(answer),
            Err(failure) => {
                line.outcome(failure.problem.code);
                line.cause(failure.for_operator().unwrap_or(&failure.detail));
                Err(failure.into())
            }
        }
    })
    .await
}

fn failed(name: &str, error: &StartError) -> Exit {
    let mut line = Line::begin(name);
    line.outcome("start-failed");
    // What stopped it may be a failure whose cause only the operator may read: this is for the operator.
    let cause = error.downcast_ref::<Failure>().and_then(Failure::for_operator);
    line.cause(&cause.map_or_else(|| error.to_string(), str::to_owned));
    ExitCode::FAILURE
}
