# bash completion for amiplan. Made from the option tables by `make docs`; changes belong there.

_amiplan() {
    local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local verb=${COMP_WORDS[1]} words=

    # Of --option=value bash makes three words.
    if [ "$cur" = = ]; then
        cur=
    elif [ "$before" = = ] && [ "$COMP_CWORD" -gt 2 ]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if [ "$COMP_CWORD" -eq 1 ]; then
        words='plan show cost prices explain verify diff graph collect apply help --help --version'
    else
        case "$verb $before" in
        'plan --ami') words='' ;;
        'plan --ami-file') words='' ;;
        'plan --name') words='' ;;
        'plan --tag') words='' ;;
        'plan --arch') words='' ;;
        'plan --older-than') words='' ;;
        'plan --not-launched-for') words='' ;;
        'plan --keep-last') words='' ;;
        'plan --group-by') words='name-prefix' ;;
        'plan --protect-tag') words='' ;;
        'plan --in-use-selector') words='' ;;
        'plan --template-depth') words='' ;;
        'plan --max-steps') words='' ;;
        'plan --max-percent') words='' ;;
        'plan --save') words='' ;;
        'plan --save-by') words='sure most' ;;
        'plan --snapshots') words='delete keep' ;;
        'plan --only') words='' ;;
        'plan --accept') words='image-state snapshot-state instance-state in-use referenced old-template-version snapshot-referenced shared recently-launched predates-image image-in-recycle-bin weak-evidence asg-managed managed-elsewhere image-stays' ;;
        'plan --assume-complete') words='images snapshots instances volumes launch-templates launch-template-versions auto-scaling-groups launch-configurations spot-instance-requests spot-fleet-requests fleets launch-permissions snapshot-permissions parameters image-references image-usage recycle-bin snapshot-locks fast-snapshot-restores snapshot-tier-status termination-protection all' ;;
        'plan --require') words='images snapshots instances volumes launch-templates launch-template-versions auto-scaling-groups launch-configurations spot-instance-requests spot-fleet-requests fleets launch-permissions snapshot-permissions parameters image-references image-usage recycle-bin snapshot-locks fast-snapshot-restores snapshot-tier-status termination-protection all' ;;
        'plan --as-of') words='' ;;
        'plan --prices') words='' ;;
        'plan --policy') words='' ;;
        'plan --account') words='' ;;
        'plan --region') words='' ;;
        'plan --threads') words='' ;;
        'plan --cache') words='' ;;
        'plan --pins') words='' ;;
        'plan --cur') words='' ;;
        'plan --format' | 'plan -T') words='text json markdown csv html aws-cli powershell console console-old undo dot svg' ;;
        'plan --output' | 'plan -o') words='' ;;
        'plan --color') words='auto always never' ;;
        'show --format' | 'show -T') words='text json markdown csv html aws-cli powershell console console-old undo dot svg' ;;
        'show --only') words='' ;;
        'show --bundle') words='' ;;
        'show --output' | 'show -o') words='' ;;
        'show --color') words='auto always never' ;;
        'cost --by') words='region account ami rule pin' ;;
        'cost --cur') words='' ;;
        'cost --ami') words='' ;;
        'cost --ami-file') words='' ;;
        'cost --name') words='' ;;
        'cost --tag') words='' ;;
        'cost --arch') words='' ;;
        'cost --older-than') words='' ;;
        'cost --not-launched-for') words='' ;;
        'cost --keep-last') words='' ;;
        'cost --group-by') words='name-prefix' ;;
        'cost --protect-tag') words='' ;;
        'cost --in-use-selector') words='' ;;
        'cost --template-depth') words='' ;;
        'cost --max-steps') words='' ;;
        'cost --max-percent') words='' ;;
        'cost --save') words='' ;;
        'cost --save-by') words='sure most' ;;
        'cost --snapshots') words='delete keep' ;;
        'cost --only') words='' ;;
        'cost --accept') words='image-state snapshot-state instance-state in-use referenced old-template-version snapshot-referenced shared recently-launched predates-image image-in-recycle-bin weak-evidence asg-managed managed-elsewhere image-stays' ;;
        'cost --assume-complete') words='images snapshots instances volumes launch-templates launch-template-versions auto-scaling-groups launch-configurations spot-instance-requests spot-fleet-requests fleets launch-permissions snapshot-permissions parameters image-references image-usage recycle-bin snapshot-locks fast-snapshot-restores snapshot-tier-status termination-protection all' ;;
        'cost --require') words='images snapshots instances volumes launch-templates launch-template-versions auto-scaling-groups launch-configurations spot-instance-requests spot-fleet-requests fleets launch-permissions snapshot-permissions parameters image-references image-usage recycle-bin snapshot-locks fast-snapshot-restores snapshot-tier-status termination-protection all' ;;
        'cost --as-of') words='' ;;
        'cost --prices') words='' ;;
        'cost --policy') words='' ;;
        'cost --account') words='' ;;
        'cost --region') words='' ;;
        'cost --threads') words='' ;;
        'cost --cache') words='' ;;
        'cost --pins') words='' ;;
        'cost --format' | 'cost -T') words='text json csv markdown' ;;
        'cost --output' | 'cost -o') words='' ;;
        'cost --color') words='auto always never' ;;
        'prices --prices') words='' ;;
        'prices --region') words='' ;;
        'prices --profile') words='' ;;
        'prices --endpoint-url') words='' ;;
        'prices --ca-bundle') words='' ;;
        'prices --concurrency') words='' ;;
        'prices --cli-read-timeout') words='' ;;
        'prices --cli-connect-timeout') words='' ;;
        'prices --format' | 'prices -T') words='text json' ;;
        'prices --output' | 'prices -o') words='' ;;
        'prices --color') words='auto always never' ;;
        'explain --ami') words='' ;;
        'explain --ami-file') words='' ;;
        'explain --name') words='' ;;
        'explain --tag') words='' ;;
        'explain --arch') words='' ;;
        'explain --older-than') words='' ;;
        'explain --not-launched-for') words='' ;;
        'explain --keep-last') words='' ;;
        'explain --group-by') words='name-prefix' ;;
        'explain --protect-tag') words='' ;;
        'explain --in-use-selector') words='' ;;
        'explain --template-depth') words='' ;;
        'explain --max-steps') words='' ;;
        'explain --max-percent') words='' ;;
        'explain --save') words='' ;;
        'explain --save-by') words='sure most' ;;
        'explain --snapshots') words='delete keep' ;;
        'explain --only') words='' ;;
        'explain --accept') words='image-state snapshot-state instance-state in-use referenced old-template-version snapshot-referenced shared recently-launched predates-image image-in-recycle-bin weak-evidence asg-managed managed-elsewhere image-stays' ;;
        'explain --assume-complete') words='images snapshots instances volumes launch-templates launch-template-versions auto-scaling-groups launch-configurations spot-instance-requests spot-fleet-requests fleets launch-permissions snapshot-permissions parameters image-references image-usage recycle-bin snapshot-locks fast-snapshot-restores snapshot-tier-status termination-protection all' ;;
        'explain --require') words='images snapshots instances volumes launch-templates launch-template-versions auto-scaling-groups launch-configurations spot-instance-requests spot-fleet-requests fleets launch-permissions snapshot-permissions parameters image-references image-usage recycle-bin snapshot-locks fast-snapshot-restores snapshot-tier-status termination-protection all' ;;
        'explain --as-of') words='' ;;
        'explain --prices') words='' ;;
        'explain --policy') words='' ;;
        'explain --account') words='' ;;
        'explain --region') words='' ;;
        'explain --threads') words='' ;;
        'explain --cache') words='' ;;
        'explain --pins') words='' ;;
        'explain --cur') words='' ;;
        'explain --format' | 'explain -T') words='text json' ;;
        'explain --output' | 'explain -o') words='' ;;
        'explain --color') words='auto always never' ;;
        'verify --account') words='' ;;
        'verify --region') words='' ;;
        'verify --threads') words='' ;;
        'verify --cache') words='' ;;
        'verify --pins') words='' ;;
        'verify --format' | 'verify -T') words='text json' ;;
        'verify --output' | 'verify -o') words='' ;;
        'verify --color') words='auto always never' ;;
        'diff --account') words='' ;;
        'diff --region') words='' ;;
        'diff --threads') words='' ;;
        'diff --cache') words='' ;;
        'diff --format' | 'diff -T') words='text json' ;;
        'diff --output' | 'diff -o') words='' ;;
        'diff --color') words='auto always never' ;;
        'graph --focus') words='' ;;
        'graph --depth') words='' ;;
        'graph --plan') words='' ;;
        'graph --account') words='' ;;
        'graph --region') words='' ;;
        'graph --threads') words='' ;;
        'graph --cache') words='' ;;
        'graph --pins') words='' ;;
        'graph --format' | 'graph -T') words='dot svg png pdf json' ;;
        'graph --output' | 'graph -o') words='' ;;
        'graph --color') words='auto always never' ;;
        'collect --region') words='' ;;
        'collect --details') words='all candidates none' ;;
        'collect --ami') words='' ;;
        'collect --blocks') words='' ;;
        'collect --prices') words='' ;;
        'collect --max-cost') words='' ;;
        'collect --profile') words='' ;;
        'collect --endpoint-url') words='' ;;
        'collect --ca-bundle') words='' ;;
        'collect --concurrency') words='' ;;
        'collect --cli-read-timeout') words='' ;;
        'collect --cli-connect-timeout') words='' ;;
        'collect --role-arn') words='' ;;
        'collect --accounts') words='' ;;
        'collect --external-id') words='' ;;
        'collect --format' | 'collect -T') words='' ;;
        'collect --output' | 'collect -o') words='' ;;
        'collect --color') words='auto always never' ;;
        'apply --only') words='' ;;
        'apply --profile') words='' ;;
        'apply --endpoint-url') words='' ;;
        'apply --ca-bundle') words='' ;;
        'apply --concurrency') words='' ;;
        'apply --cli-read-timeout') words='' ;;
        'apply --cli-connect-timeout') words='' ;;
        'apply --role-arn') words='' ;;
        'apply --accounts') words='' ;;
        'apply --external-id') words='' ;;
        'apply --format' | 'apply -T') words='text json' ;;
        'apply --output' | 'apply -o') words='' ;;
        'apply --color') words='auto always never' ;;
        'help --completion') words='bash zsh fish' ;;
        'help --output' | 'help -o') words='' ;;
        'help --color') words='auto always never' ;;
        *)
            case "$verb $cur" in
            plan\ -*) words=' --ami --ami-file --unused --orphans --name --tag --arch --older-than --not-launched-for --keep-last --group-by --protect-tag --in-use-selector --template-depth --max-steps --max-percent --save --max-saving --save-by --snapshots --terminate-instances --only --accept --assume-complete --require --as-of --prices --policy --account --region --threads --cache --verify-cache --pins --cur --missing --iam-policy --list-rules --format --detailed-exitcode --help --output --quiet --verbose --color' ;;
            show\ -*) words=' --format --detailed-exitcode --only --bundle --help --output --quiet --verbose --color' ;;
            cost\ -*) words=' --by --cur --ami --ami-file --unused --orphans --name --tag --arch --older-than --not-launched-for --keep-last --group-by --protect-tag --in-use-selector --template-depth --max-steps --max-percent --save --max-saving --save-by --snapshots --terminate-instances --only --accept --assume-complete --require --as-of --prices --policy --account --region --threads --cache --verify-cache --pins --format --help --output --quiet --verbose --color' ;;
            prices\ -*) words=' --prices --refresh --region --profile --endpoint-url --ca-bundle --concurrency --cli-read-timeout --cli-connect-timeout --format --help --output --quiet --verbose --color' ;;
            explain\ -*) words=' --ami --ami-file --unused --orphans --name --tag --arch --older-than --not-launched-for --keep-last --group-by --protect-tag --in-use-selector --template-depth --max-steps --max-percent --save --max-saving --save-by --snapshots --terminate-instances --only --accept --assume-complete --require --as-of --prices --policy --account --region --threads --cache --verify-cache --pins --cur --format --help --output --quiet --verbose --color' ;;
            verify\ -*) words=' --account --region --threads --cache --verify-cache --pins --format --help --output --quiet --verbose --color' ;;
            diff\ -*) words=' --account --region --threads --cache --verify-cache --format --detailed-exitcode --help --output --quiet --verbose --color' ;;
            graph\ -*) words=' --focus --depth --plan --process --no-collapse --account --region --threads --cache --verify-cache --pins --format --help --output --quiet --verbose --color' ;;
            collect\ -*) words=' --region --all-regions --details --ami --snapshot-permissions --no-old-versions --whoami --blocks --prices --max-cost --yes --force --profile --endpoint-url --ca-bundle --concurrency --cli-read-timeout --cli-connect-timeout --role-arn --accounts --external-id --format --help --output --quiet --verbose --color' ;;
            apply\ -*) words=' --only --no-dry-run --profile --endpoint-url --ca-bundle --concurrency --cli-read-timeout --cli-connect-timeout --role-arn --accounts --external-id --format --help --output --quiet --verbose --color' ;;
            help\ -*) words=' --man --completion --help --output --quiet --verbose --color' ;;
            help\ *) words='plan show cost prices explain verify diff graph collect apply help' ;;
            esac
            ;;
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -o bashdefault -o default -F _amiplan amiplan
