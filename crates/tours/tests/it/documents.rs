//! What lists can be asked for stands in the API's description.

use std::collections::BTreeSet;

use kernel::query::{Parameter, Parameters};
use serde_json::Value;
use tours::region::list::RegionQuery;
use tours::section::list::SectionQuery;
use tours::tour::list::TourQuery;
use tours::trek::getaway::{Activity, Blog, GetawayQuery, Picture};
use tours::trek::list::TrekQuery;

#[test]
fn every_filter_of_every_list_is_documented() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let document: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let lists: [(&str, Vec<Parameter>); 7] = [
        ("/tours", TourQuery::parameters()),
        ("/treks", TrekQuery::parameters()),
        ("/regions", RegionQuery::parameters()),
        ("/trek-sections", SectionQuery::parameters()),
        ("/weekend-getaways/galleries", GetawayQuery::<Picture>::parameters()),
        ("/weekend-getaways/blogs", GetawayQuery::<Blog>::parameters()),
        ("/weekend-getaways/activities", GetawayQuery::<Activity>::parameters()),
    ];
    for (path, own) in lists {
        let described = document["paths"][format!("/api/v1{path}")]["get"]["parameters"].as_array().unwrap();
        let described: BTreeSet<_> = described
            .iter()
            .filter(|it| it["in"] == "query")
            .map(|it| it["name"].as_str().unwrap())
            .collect();
        let own: BTreeSet<_> = own.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(described, own, "{path}");
        assert!(own.contains("page") && own.contains("fields"), "{path}");
    }
    // What natours' clients filter by, with each of their four operators.
    let names: Vec<_> = TourQuery::parameters().into_iter().map(|it| it.name).collect();
    for field in ["duration", "ratingsQuantity", "ratingsAverage", "maxGroupSize", "difficulty", "price"] {
        for op in ["", "[gte]", "[gt]", "[lte]", "[lt]"] {
            assert!(names.iter().any(|name| *name == format!("{field}{op}")), "{field}{op}");
        }
    }
}
