//! The documents of the scratch project, as they are printed.

use serde_json::Value;

use crate::{asyncapi, erd, openapi, samples, scratch, stack};

#[test]
fn a_stack_with_each_kind_of_function() {
    let project = scratch::project();
    let printed = stack::print(&project, &project.contexts[0]).unwrap();
    let (_, resources) = printed.text.split_once("\nResources:\n").unwrap();
    assert_eq!(
        (printed.integrations, resources.matches("\n    Type: AWS::").count()),
        (3, printed.resources)
    );
    insta::assert_snapshot!(printed.text);
}

#[test]
fn an_openapi_document() {
    insta::assert_snapshot!(openapi::print(&scratch::project()).unwrap());
}

#[test]
fn an_asyncapi_document() {
    insta::assert_snapshot!(asyncapi::print(&scratch::project()).unwrap());
}

#[test]
fn an_entity_diagram() {
    insta::assert_snapshot!(erd::print(&scratch::project()));
}

#[test]
fn a_sample_event_for_each_function() {
    let project = scratch::project();
    let samples = samples::print(&project, &project.contexts[0]).unwrap();
    let text: Vec<_> = samples.iter().map(|sample| format!("{}\n{}", sample.path, sample.text)).collect();
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn every_reference_in_a_document_leads_somewhere() {
    let project = scratch::project();
    for text in [openapi::print(&project).unwrap(), asyncapi::print(&project).unwrap()] {
        let document: Value = serde_json::from_str(&text).unwrap();
        for (_, rest) in text.match_indices("\"$ref\": \"#").map(|(at, _)| text[at..].split_at(10)) {
            let pointer = rest.split('"').next().unwrap().trim_start_matches('#');
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }
}

#[test]
fn a_context_that_aws_would_not_take_is_refused() {
    let routes: Vec<_> = (0..90).map(|at| ("a", "GET", format!("/api/v1/{at}"))).collect();
    let routes: Vec<_> =
        routes.iter().map(|(context, method, path)| (*context, *method, path.as_str())).collect();
    let project = scratch::project_of(&routes);
    let Err(error) = stack::print(&project, &project.contexts[0]) else {
        panic!("90 endpoints were printed")
    };
    assert_eq!(error.to_string(), "a: 90 integrations and 460 resources; at most 280 and 450. Divide it.");
}

#[test]
fn what_no_stack_publishes_cannot_be_granted() {
    let mut project = scratch::project();
    project.registry.remove("/tours/secret/map-key/arn");
    let Err(error) = stack::print(&project, &project.contexts[0]) else { panic!("it was printed") };
    assert!(
        error.to_string().starts_with("tours: no stack publishes /caravan/<stage>/tours/secret/map-key/arn")
    );
}

#[test]
fn an_alarm_adds_up_ten_functions_at_most() {
    let project = scratch::many_schedules();
    let text = stack::print(&project, &project.contexts[0]).unwrap().text;
    assert!(text.contains("\n  AsyncErrors:") && text.contains("\n  AsyncErrors2:") && !text.contains("m10"));
    assert!(!text.contains("AWS::ApiGatewayV2::Api\n"));
}

#[test]
fn a_socket_that_nobody_guards_is_refused() {
    let mut project = scratch::project();
    project.contexts[0].functions.retain(|function| function.name != "authorize-socket");
    let Err(error) = stack::print(&project, &project.contexts[0]) else { panic!("it was printed") };
    assert_eq!(error.to_string(), "tours: a WebSocket API needs one authorizer, and one only");
}
