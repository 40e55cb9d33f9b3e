#!/usr/bin/perl
# Transcript tier, no root: the directives of vsftpd that do nothing here: which
# values are silent, warned about or refused, and that each message says what
# to do instead; and that a session then runs, or is sent away.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use File::Temp ();
use Inftpd::Test;
use Test::More;

# Values without a word, values with one, and what the word has to name.
my %notes = (
	allow_writeable_chroot => [[qw(YES NO)], []],
	async_abor_enable => [[qw(YES NO)], []],
	background => [['NO'], ['YES'], qr/service manager/],
	better_stou => [[qw(YES NO)], []],
	bind_retries => [[qw(9 0)], []],
	dh_param_file => [[], ['/etc/dh.pem'], qr/OpenSSL/],
	isolate => [['NO'], ['YES'], qr/sandbox/],
	isolate_network => [['NO'], ['YES'], qr/sandbox/],
	log_die => [[qw(YES NO)], []],
	no_log_lock => [['YES'], ['NO'], qr/written whole/],
	nopriv_user => [['inftpd'], ['nobody', 'ftpsecure'],
	    qr/User= in the unit or user= in the xinetd entry/],
	one_process_model => [['NO'], ['YES'], qr/two processes/],
	pam_service_name => [[], ['vsftpd'],
	    qr/userlist_file, check_shell and password=/],
	ptrace_sandbox => [['NO'], ['YES'], qr/seccomp sandbox is always on/],
	reverse_lookup_enable => [['NO'], ['YES'], qr/never resolved/],
	run_as_launching_user => [['NO'], ['YES'], qr/inftpd --serve DIR/],
	seccomp_sandbox => [['YES'], ['NO'], qr/always on/],
	secure_chroot_dir => [[], ['/var/run/vsftpd/empty'], qr/remove the line/],
	session_support => [['NO'], ['YES'], qr/journal or syslog/],
	ssl_sslv2 => [['NO'], ['YES'], qr/TLS is used/],
	ssl_sslv3 => [['NO'], ['YES'], qr/TLS is used/],
	ssl_tlsv1 => [['NO'], ['YES'], qr/ssl_min_version and ssl_enable/],
	ssl_tlsv1_1 => [['NO'], ['YES'], qr/ssl_min_version/],
	trans_chunk_size => [[], ['8192'], qr/local_max_rate and anon_max_rate/],
	userlist_log => [[qw(YES NO)], []],
	utf8_filesystem => [[qw(YES NO)], []],
);
my %refused = (
	dsa_cert_file => [[], ['/etc/dsa.pem'], qr/rsa_cert_file/],
	dsa_private_key_file => [[], ['/etc/dsa.key'], qr/rsa_private_key_file/],
	ftp_enable => [['YES'], ['NO'], qr/disable the service/],
	http_enable => [['NO'], ['YES'], qr/web server/],
);

my (%table, %is);
for (Inftpd::Test->output('--list-directives')) {
	my ($name, $type) = split /\t/;
	$table{$type}{$name} = 1;
	$is{$name} = $type;
}
is(join(' ', sort keys %notes), join(' ', sort keys %{ $table{note} }),
    'all that are accepted without effect');
is(join(' ', sort keys %refused), join(' ', sort keys %{ $table{refused} }),
    'all that are refused');

my $server = Inftpd::Test->new;

# What --check-config says of one line, and how a session fares with it.
sub with {
	my ($name, $value) = @_;

	$server->write_conf('conf.d/one.conf', { $name => $value });
	my $program = Inftpd::Test::program();
	my $said = `$program --config $server->{dir}/conf --check-config 2>&1`;
	my $c = $server->start;
	my ($code) = $c->reply;
	my $log = $c->log;
	$c->hang_up;
	$c->exit_status;
	$c->{checked} = 1;
	return ($said, $code, $log);
}

for my $name (sort keys %notes, sort keys %refused) {
	my $refused = exists $refused{$name};
	my ($silent, $loud, $words) = @{ $notes{$name} // $refused{$name} };

	for my $value (@$silent) {
		my ($said, $code) = with($name, $value);
		unlike($said, qr/one\.conf:1: $name/, "$name=$value needs no words");
		is($code, 220, 'and a session runs');
	}
	for my $value (@$loud) {
		my ($said, $code, $log) = with($name, $value);
		my $kind = $refused ? 'error' : 'warning';
		my $what = $refused ? 'refused' : 'no effect';

		like($said, qr/$kind: \S+one\.conf:1: $name: $what; .*$words/,
		    "$name=$value: what it says");
		is($code, $refused ? 421 : 220, $refused ? 'nobody is served'
		    : 'a session runs all the same');
		like($log, qr/one\.conf:1: $name: refused; .*$words/,
		    'and the log says so') if $refused;
	}
	# A bool is one of the two, and nothing else.
	next if !@$silent || $silent->[0] !~ /^(YES|NO)$/ || @$loud == 0;
	my ($said, $code) = with($name, 'MAYBE');
	like($said, qr/one\.conf:1: $name: "MAYBE" won't do; YES or NO/,
	    "$name=MAYBE is an error");
	is($code, 421, 'and nobody is served');
}
done_testing;
